import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** Tells Vue that the elements are not components of its own. */
const isCustomElement = (tag: string) => tag.startsWith('linklatch-')

export default defineConfig({ plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] })
