import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

const GIB = 1024 ** 3;

/**
 * The facts in the order in which they are collected, each with what a person reads meanwhile. No
 * serial numbers, addresses or names: nothing that tells this machine from another one like it.
 */
export const FACTS = [
  {
    name: 'processor',
    label: {
      en: 'Looking at the processor',
      de: 'Prozessor wird angesehen',
      ja: 'プロセッサーを確認しています',
      ar: 'يجري فحص المعالج',
    },
    collect: async () => ({
      model: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      architecture: arch(),
    }),
  },
  {
    name: 'memory',
    label: {
      en: 'Measuring the memory',
      de: 'Arbeitsspeicher wird gemessen',
      ja: 'メモリーを測っています',
      ar: 'يجري قياس الذاكرة',
    },
    collect: async () => ({ totalGiB: rounded(totalmem() / GIB) }),
  },
  {
    name: 'disk',
    label: {
      en: 'Measuring the disk',
      de: 'Speicherplatz wird gemessen',
      ja: 'ディスクを測っています',
      ar: 'يجري قياس القرص',
    },
    collect: async () => {
      // Of this package: in a sandbox the temporary folder is memory.
      const { blocks, bavail, bsize } = await statfs(import.meta.dirname);
      return {
        totalGiB: rounded((blocks * bsize) / GIB),
        freeGiB: rounded((bavail * bsize) / GIB),
      };
    },
  },
  {
    name: 'system',
    label: {
      en: 'Asking the system',
      de: 'System wird befragt',
      ja: 'システムを確認しています',
      ar: 'يجري سؤال النظام',
    },
    collect: async () => ({ platform: platform(), release: release() }),
  },
];

/** The words for a language tag such as `de-AT`. */
export function inLanguage(label, tag) {
  return label[tag] ?? label[tag.split('-')[0]] ?? label.en;
}

function rounded(number) {
  return Math.round(number * 10) / 10;
}
