def mezclar(primero, segundo):
    mezcla = [primero[0]]
    for i in range(max(len(primero), len(segundo))):
        if 0 < i < len(primero):
            mezcla.append(primero[i])
        if i < len(segundo):
            mezcla.append(segundo[i])
    return mezcla
