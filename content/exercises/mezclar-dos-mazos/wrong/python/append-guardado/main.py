def mezclar(primero, segundo):
    mezcla = []
    for i in range(max(len(primero), len(segundo))):
        if i < len(primero):
            mezcla = mezcla.append(primero[i])
        if i < len(segundo):
            mezcla = mezcla.append(segundo[i])
    return mezcla
