package page

const kind = 4096
