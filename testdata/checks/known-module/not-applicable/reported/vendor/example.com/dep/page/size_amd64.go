package page

const pageSize = 4096
