// Reads a JUnit file as dorny/test-reporter does, with its own parsers: REPORTER FILE TRACKED OUT. TRACKED: the files of the
// repository, one a line.
import {readFileSync, writeFileSync} from 'node:fs'
import {PhpunitJunitParser} from './dorny/src/parsers/phpunit-junit/phpunit-junit-parser.js'
import {JavaJunitParser} from './dorny/src/parsers/java-junit/java-junit-parser.js'
const [, , reporter, file, tracked, out] = process.argv
const options = {parseErrors: true, workDir: undefined, trackedFiles: tracked.split('\n')}
const parser = reporter === 'java-junit' ? new JavaJunitParser(options) : new PhpunitJunitParser(options)
const r = await parser.parse(file, readFileSync(file, 'utf8'))
const cases = r.suites.flatMap(s => s.groups.flatMap(g => g.tests.map(t => ({suite: s.name, name: t.name, result: t.result, error: t.error}))))
writeFileSync(out, JSON.stringify({total: cases.length, failed: r.failed, skipped: r.skipped, cases}))
