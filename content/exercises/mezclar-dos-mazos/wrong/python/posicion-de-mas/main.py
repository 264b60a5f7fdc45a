def mezclar(primero, segundo):
    mezcla = []
    for i in range(len(primero)):
        mezcla.append(primero[i])
        mezcla.append(segundo[i])
    return mezcla + segundo[len(primero):]
