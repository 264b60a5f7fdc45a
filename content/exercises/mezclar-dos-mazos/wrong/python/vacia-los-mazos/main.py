def mezclar(primero, segundo):
    uno = primero
    otro = segundo
    mezcla = []
    while len(uno) > 0 or len(otro) > 0:
        if len(uno) > 0:
            mezcla.append(uno.pop(0))
        if len(otro) > 0:
            mezcla.append(otro.pop(0))
    return mezcla
