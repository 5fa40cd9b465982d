pakage notes
