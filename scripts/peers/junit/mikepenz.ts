// Reads a JUnit file as mikepenz/action-junit-report does, with its own parser: FILE OUT.
import {writeFileSync} from 'node:fs'
import {parseFile} from './mikepenz/src/testParser.js'
const r = await parseFile(process.argv[2], '', true, true, false)
writeFileSync(process.argv[3], JSON.stringify(r ? {total: r.totalCount, failed: r.failedCount, skipped: r.skippedCount, annotations: r.globalAnnotations} : null))
