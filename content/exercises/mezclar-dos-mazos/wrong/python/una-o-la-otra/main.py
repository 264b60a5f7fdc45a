def mezclar(primero, segundo):
    mezcla = []
    for i in range(max(len(primero), len(segundo))):
        if i < len(primero):
            mezcla.append(primero[i])
        elif i < len(segundo):
            mezcla.append(segundo[i])
    return mezcla
