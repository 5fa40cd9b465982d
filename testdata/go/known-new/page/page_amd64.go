package page

const size = 4096
