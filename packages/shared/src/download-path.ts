/** Where the dashboard hands over a file of a jail: POST, with `FileTextInput` as JSON. */
export const DOWNLOAD_PATH = '/api/download';
