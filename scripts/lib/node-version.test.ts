import { describe, expect, it } from 'vitest';
import { complaintAbout } from './node-version.cjs';

describe('the check of Node', () => {
  it.each(['16.20.2', '18.20.4', '20.0.0', '20.18.3'])(
    'complains about %s in one line',
    (version) => {
      const line = complaintAbout(version);
      expect(line).toContain(`needs Node.js 20.19 or newer, and this is ${version}.`);
      expect(line).not.toContain('\n');
    },
  );

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0', '100.0.0'])('takes %s', (version) => {
    expect(complaintAbout(version)).toBeUndefined();
  });
});
