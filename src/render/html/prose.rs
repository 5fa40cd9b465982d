//! The explanation pages of the checks: the little of Markdown that they use, as elements.
//!
//! The pages are gowoa's own and as plain as `gowoa explain` prints them: headings, paragraphs, lists, blocks that
//! are indented by four, and code between backticks. Their text is escaped like any other.

use super::write::Page;

/// Writes a page without its heading, which the caller has.
pub(super) fn write(page: &mut Page, markdown: &str) {
    let mut code = Vec::new();
    for block in markdown.split("\n\n").map(|block| block.trim_matches('\n')) {
        if block.lines().all(|line| line.starts_with("    ")) && !block.is_empty() {
            code.push(block);
            continue;
        }
        preformatted(page, &mut code);
        if let Some(heading) = block.strip_prefix("## ") {
            page.raw("<h5>").text(heading.trim()).raw("</h5>\n");
        } else if block.starts_with("# ") || block.is_empty() {
            // The heading of the page.
        } else {
            paragraph(page, block);
        }
    }
    preformatted(page, &mut code);
}

/// Neighbouring indented blocks are one.
fn preformatted(page: &mut Page, blocks: &mut Vec<&str>) {
    if blocks.is_empty() {
        return;
    }
    let text = blocks.join("\n\n");
    let lines: Vec<&str> =
        text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    page.raw("<pre>").lines(&lines.join("\n")).raw("</pre>\n");
    blocks.clear();
}

/// What a line begins.
fn item(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let bullet = line.strip_prefix("* ").or_else(|| line.strip_prefix("- "));
    let numbered = line.split_once(". ").filter(|(number, _)| {
        !number.is_empty() && number.len() < 3 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    bullet.map(|rest| ("ul", rest)).or(numbered.map(|(_, rest)| ("ol", rest)))
}

/// A paragraph; a list may follow it in the same block, and so may lines in columns.
fn paragraph(page: &mut Page, block: &str) {
    let mut lines = block.lines().peekable();
    let mut sentence = Vec::new();
    while let Some(line) = lines.next_if(|line| item(line).is_none() && !is_column(line)) {
        sentence.push(line.trim());
    }
    if !sentence.is_empty() {
        page.raw("<p>");
        inline(page, &sentence.join(" "));
        page.raw("</p>\n");
    }
    let Some(first) = lines.peek() else { return };
    let Some((kind, _)) = item(first) else {
        let rest: Vec<&str> = lines.map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
        page.raw("<pre>").lines(&rest.join("\n")).raw("</pre>\n");
        return;
    };
    let (open, close) = if kind == "ul" { ("<ul>", "</ul>\n") } else { ("<ol>", "</ol>\n") };
    page.raw(open);
    let mut text = Vec::new();
    for line in lines {
        if let Some((_, rest)) = item(line) {
            entry(page, &mut text);
            text.push(rest.trim());
        } else {
            text.push(line.trim());
        }
    }
    entry(page, &mut text);
    page.raw(close);
}

fn entry(page: &mut Page, text: &mut Vec<&str>) {
    if !text.is_empty() {
        page.raw("<li>");
        inline(page, &text.join(" "));
        page.raw("</li>");
    }
    text.clear();
}

/// Lines indented by two stand in columns, as `error    high confidence`.
fn is_column(line: &str) -> bool {
    line.starts_with("  ")
}

/// Text in which what stands between backticks is code.
pub(super) fn inline(page: &mut Page, text: &str) {
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 0 {
            page.text(part);
        } else if !part.is_empty() {
            page.code(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, write};

    fn html(markdown: &str) -> String {
        let mut page = Page::default();
        write(&mut page, markdown);
        page.finish()
    }

    #[test]
    fn every_form_of_the_pages_is_an_element() {
        let page = "# id\n\nA `b` <c>\nd.\n\n## Head\n\nLooks for\n\n* one\n  more\n* two\n\n    code\n\n    again\n\n\
                    fail:\n  error    high\n  warning  low\n\n1. first\n2. second";
        assert_eq!(
            html(page),
            "<p>A <code>b</code> &lt;c&gt; d.</p>\n<h5>Head</h5>\n<p>Looks for</p>\n<ul><li>one more</li><li>two</li></ul>\n\
             <pre>code\n\nagain</pre>\n<p>fail:</p>\n<pre>error    high\nwarning  low</pre>\n\
             <ol><li>first</li><li>second</li></ol>\n"
        );
    }
}
