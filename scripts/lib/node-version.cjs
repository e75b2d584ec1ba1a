// CommonJS of the plainest kind: this runs before anything else, on whatever Node there is.
'use strict';

/** Oldest Node that the app's own files run on: `node:util` parseArgs, `import.meta.dirname`. */
var OLDEST = [20, 19];

/**
 * What to tell somebody whose Node is too old, or undefined where it will do.
 * @param {string} version such as `18.20.4`
 * @returns {string | undefined}
 */
exports.complaintAbout = function (version) {
  var parts = version.split('.').map(Number);
  var isOld = parts[0] < OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] < OLDEST[1]);
  if (!isOld) return undefined;
  return (
    'Firstlight needs Node.js ' +
    OLDEST.join('.') +
    ' or newer, and this is ' +
    version +
    '. Run it with npm (npm start), which brings its own, or install a newer one. (shell/old-node)'
  );
};
