package page

const size = 16384
