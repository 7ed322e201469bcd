-- From where a token was last used: what its owner compares with where it should be used.
ALTER TABLE api_token ADD COLUMN last_used_from text;
