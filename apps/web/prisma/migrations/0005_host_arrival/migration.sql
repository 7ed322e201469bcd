-- With what a host came before it was approved: from where, and how its checks went (HostArrival).
ALTER TABLE host ADD COLUMN arrival jsonb;
