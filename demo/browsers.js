/** Where the browsers of this machine are, and what https is tested with. Each may be named by the environment variable of its row; otherwise the usual places are tried. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const linuxLibraries = () => readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')).map((name) => `/usr/lib/${name}`)
const miniBrowsers = () => ['/usr/lib', '/usr/libexec', ...linuxLibraries()].flatMap((folder) =>
  ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map((name) => `${folder}/${name}/MiniBrowser`))

const windows = (path) => [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA].filter(Boolean).map((folder) => join(folder, path))

/** variable → commands on the PATH, then files by platform. */
const places = {
  CHROME_PATH: {
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    win32: windows('Google\\Chrome\\Application\\chrome.exe'),
  },
  FIREFOX_PATH: {
    commands: ['firefox-esr', 'firefox'],
    darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    win32: windows('Mozilla Firefox\\firefox.exe'),
  },
  WEBKIT_DRIVER_PATH: { commands: ['WebKitWebDriver'] },
  MINIBROWSER_PATH: { commands: [], linux: process.platform === 'linux' ? miniBrowsers() : [] },
  XVFB_PATH: { commands: ['Xvfb'] },
  DBUS_RUN_PATH: { commands: ['dbus-run-session'] },
  NGINX_PATH: { commands: ['nginx'], linux: ['/usr/sbin/nginx'] },
  OPENSSL_PATH: { commands: ['openssl'] },
  CERTUTIL_PATH: { commands: ['certutil'] },
}
/** WebKitGTK runs on Linux alone: elsewhere it is not missing, there is none. What https is tested with is asked for there too. */
const linuxOnly = ['WEBKIT_DRIVER_PATH', 'MINIBROWSER_PATH', 'XVFB_PATH', 'DBUS_RUN_PATH', 'OPENSSL_PATH', 'CERTUTIL_PATH']
/** Taken where it is, and never installed: its package would start a web server. */
const optional = ['NGINX_PATH']

/** Variable → path, or `undefined` where there is none. */
export function findBrowsers() {
  return Object.fromEntries(Object.entries(places).map(([variable, place]) => [variable, process.env[variable] || find(place)]))
}

export function missingBrowsers(paths) {
  const due = Object.keys(paths).filter((variable) => !optional.includes(variable)).filter((variable) => process.platform === 'linux' || !linuxOnly.includes(variable))
  return due.filter((variable) => !paths[variable]).map((variable) => variable.replace('_PATH', '').replaceAll('_', ' ').toLowerCase())
}

function find(place) {
  const onPath = place.commands.flatMap((command) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command)))
  return [...onPath, ...(place[process.platform] ?? [])].find(isRunnable)
}

export function isRunnable(file) {
  if (process.platform === 'win32') return existsSync(file)
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
