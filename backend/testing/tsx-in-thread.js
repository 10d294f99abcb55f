/** Lets a worker thread run TypeScript as the process that started it does. */
import { register } from 'tsx/esm/api'

register()
