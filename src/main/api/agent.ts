/** How the command line says in `User-Agent` that it is one. */
export const CLI_AGENT = 'firstlight-cli';
