export function judge(output: string): { verdict: 'passed' | 'failed' | 'skipped'; lines: string[] }
