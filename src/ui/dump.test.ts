import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { openScreen } from '../testing/screen.ts'
import { screenServices } from '../testing/screen-services.ts'
import { walkTo } from '../testing/screen-walk.ts'

test('dump', { timeout: 60000 }, async () => {
  let out = ''
  for (const page of [
    'welcome',
    'disk',
    'encryption',
    'network',
    'identity',
    'cluster',
    'review',
    'confirm',
  ] as const) {
    const services = screenServices(hardware('two-virtio-uefi-tpm'))
    const screen = await openScreen({ services })
    await walkTo(page, screen, services)
    out += `### ${page}\n` + screen.text() + '\n'
    if (page === 'disk') {
      screen.press('Down', 'Enter')
      await screen.waitForText('Both are erased')
      screen.press('Down', 'Down')
      await screen.waitForText('After the install')
      out += '### disk2\n' + screen.text() + '\n'
      screen.press('Up', 'Space', 'Enter', 'Enter')
      await screen.waitForText('put right first')
      out += '### disk3\n' + screen.text() + '\n'
    }
    await screen.close()
  }
  for (const m of ['bios-no-tpm', 'odd', 'laptop-windows-secure-boot', 'one-nvme-uefi', 'lab', 'usb-live-medium']) {
    const services = screenServices(hardware(m))
    const screen = await openScreen({ services, isDryRun: true })
    await screen.waitFor((t) => t.includes('Network') && !t.includes('Looking'), 'x')
    out += `### ${m}\n` + screen.text() + '\n'
    screen.press('Enter')
    await new Promise((r) => setTimeout(r, 300))
    out += `### ${m}\n` + screen.text() + '\n'
    await screen.close()
  }
  writeFileSync('/work/team/dump.txt', out)
})
