package unused

const size = 4096
