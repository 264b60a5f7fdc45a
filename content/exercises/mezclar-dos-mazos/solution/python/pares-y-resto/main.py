def mezclar(primero, segundo):
    mezcla = []
    for una, otra in zip(primero, segundo):
        mezcla += [una, otra]
    pares = len(mezcla) // 2
    return mezcla + primero[pares:] + segundo[pares:]
