//! The job summary, read by a Markdown renderer of GitHub's flavour and by Mermaid.
