def mezclar(primero, segundo):
    uno = primero[::-1]
    otro = segundo[::-1]
    mezcla = []
    while uno and otro:
        mezcla.append(uno.pop())
        mezcla.append(otro.pop())
    return mezcla + uno + otro
