#!/bin/sh
# Makes every image in this folder from ../arm64.exe and ../x86.exe. Run it here; it needs openssl and
# osslsigncode 2.6 or later.
#
# The keys are made anew on every run and thrown away, so the signatures are others each time and the golden
# texts have to be written again. The certificates are for nobody and their names say so.
set -eu
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { # key NAME COMMON-NAME PURPOSE
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 36500 \
        -subj "/CN=$2" -addext "extendedKeyUsage=critical,$3" \
        -keyout "$work/$1.key" -out "$work/$1.pem" 2> /dev/null
}
sign() { # sign INPUT OUTPUT NAME ARGUMENT...
    input=$1 output=$2 name=$3
    shift 3
    osslsigncode sign -certs "$work/$name.pem" -key "$work/$name.key" "$@" \
        -in "$input" -out "$work/$output" > /dev/null
    mv "$work/$output" "$output"
    chmod 644 "$output"
}
poke() { # poke FILE OFFSET BYTES
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
word() { # word FILE OFFSET
    od -An -tu4 -j"$2" -N4 "$1" | tr -d ' '
}
word_bytes() { # word_bytes NUMBER, as octal escapes in little-endian order
    printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24))
}

key first 'Test certificate of a fixture' codeSigning
key second 'Second test certificate' codeSigning
key clock 'Test clock of a fixture' timeStamping

for hash in sha1 sha256 sha384 sha512; do
    sign ../arm64.exe "$hash.exe" first -h "$hash"
done
sign ../x86.exe x86.exe first -h sha256
sign ../arm64.exe stamped.exe first -h sha256 \
    -TSA-certs "$work/clock.pem" -TSA-key "$work/clock.key" -TSA-time 1700000000
sign sha1.exe nested.exe second -h sha256 -nest

# The fields of ../arm64.exe: e_lfanew 0x78, and with it the entry of the certificate table at 0x120.
entry=288
table=$(word sha256.exe $entry)
size=$(word sha256.exe $((entry + 4)))

# The code begins at 0x400.
cp sha256.exe tampered.exe
poke tampered.exe 1024 '\001'
# The checksum of the optional header, at 0xD0, is not covered.
cp sha256.exe checksum.exe
poke checksum.exe 208 '\001\002\003\004'
# The last 16 bytes are gone.
head -c $((table + size - 16)) sha256.exe > truncated.exe
# The certificate says that it is longer than the table.
cp sha256.exe overlong.exe
poke overlong.exe "$table" "$(word_bytes $((size + 8)))"
# The table holds something else than PKCS #7.
cp sha256.exe no-pkcs7.exe
poke no-pkcs7.exe $((table + 8)) '\004'
cp sha256.exe trailing.exe
printf 'behind the table' >> trailing.exe

# Two certificates in one table; the second is that of an image with the same bytes.
sign ../arm64.exe other.exe second -h sha384
more=$(word other.exe $((entry + 4)))
{
    cat sha256.exe
    tail -c "$more" other.exe
} > two.exe
rm other.exe
poke two.exe $((entry + 4)) "$(word_bytes $((size + more)))"
