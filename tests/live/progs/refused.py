# SPDX-License-Identifier: BSD-2-Clause
"""A copy of tcptrail with one program that the verifier refuses.

    python3 refused.py TCPTRAIL                   its probes, and the functions that they call, one a line
    python3 refused.py TCPTRAIL FUNCTION COPY

The first "rX = rY" of the program, in the object that tcptrail embeds, becomes "r0 = *(u64 *)(r10 + 0)": there is no
stack above the frame pointer, and no kernel lets a program read it.
"""
import os
import struct
import sys

EM_BPF = 247
HEADER = "<16sHHIQQQIHHHHHH"  # Elf64_Ehdr
SECTION = "<IIQQQQIIQQ"  # Elf64_Shdr
SYMBOL = "<IBBHQQ"  # Elf64_Sym
SHT_SYMTAB = 2
STT_FUNC = 2
MOVE = 0xBF  # BPF_ALU64 | BPF_MOV | BPF_X
REFUSED = bytes.fromhex("79a0000000000000")


def text_at(image, at):
    return image[at : image.index(b"\0", at)].decode()


def bpf_objects(image):
    """Where the embedded objects begin: that of the probes, and that of the walk over fds."""
    at = image.find(b"\x7fELF", 1)
    while at >= 0:
        if len(image) - at >= 64 and struct.unpack_from("<H", image, at + 18)[0] == EM_BPF:
            yield at
        at = image.find(b"\x7fELF", at + 1)


def functions(image, base):
    """Name to (offset in the file, size)."""
    found = {}
    header = struct.unpack_from(HEADER, image, base)
    table, size, count = header[6], header[11], header[12]
    sections = [struct.unpack_from(SECTION, image, base + table + i * size) for i in range(count)]
    for section in sections:
        if section[1] != SHT_SYMTAB:
            continue
        strings = base + sections[section[6]][4]
        for at in range(base + section[4], base + section[4] + section[5], struct.calcsize(SYMBOL)):
            name, info, _, home, offset, length = struct.unpack_from(SYMBOL, image, at)
            if info & 15 == STT_FUNC:
                found[text_at(image, strings + name)] = base + sections[home][4] + offset, length
    return found


def main():
    with open(sys.argv[1], "rb") as file:
        image = bytearray(file.read())
    objects = [functions(image, base) for base in bpf_objects(image)]
    if len(sys.argv) == 2:
        print("\n".join(sorted(next(found for found in objects if "on_state" in found))))
        return
    found = {name: place for found in objects for name, place in found.items()}
    start, size = found[sys.argv[2]]
    moves = (at for at in range(start, start + size, 8) if image[at] == MOVE)
    first = next(moves)
    image[first : first + 8] = REFUSED
    with open(sys.argv[3], "wb") as file:
        file.write(image)
    os.chmod(sys.argv[3], 0o755)


main()
