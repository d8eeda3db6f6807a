import { setTimeout as pause } from 'node:timers/promises'
import { lookUpName } from '../system/look-up-name.ts'
import type { System } from '../system/system.ts'
import type { PageServices } from '../ui/services.ts'

/** What pages have looked up outside. Each is loaded when it is asked for: the wizard opens sooner without them. In a dry
 *  run the live system stays as it is. */
export function pageServices(system: System, { isDryRun }: { readonly isDryRun: boolean }): PageServices {
  return {
    async applyKeyboard(keymap) {
      if (isDryRun) return { problems: [], good: [], unknown: ['a dry run leaves the keyboard as it is'], found: [] }
      const { applyKeyboard } = await import('../hardware/live-keyboard.ts')
      return applyKeyboard(system, keymap)
    },
    async checkNetwork(network) {
      const { checkNetwork } = await import('../install/check-network.ts')
      return checkNetwork(network, { system, lookUp: lookUpName, pause: (ms) => pause(ms), mayTry: !isDryRun })
    },
    async findKeys(source, proxy) {
      const { findKeys } = await import('../install/find-keys.ts')
      return findKeys(system, source, proxy)
    },
    async checkCluster(join, hostName) {
      const { checkCluster } = await import('../install/cluster-check.ts')
      return checkCluster(join, hostName, (url, trust, timeoutMs) => system.httpsGet(url, trust, timeoutMs))
    },
  }
}
