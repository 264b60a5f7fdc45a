def mezclar(primero, segundo):
    mezcla = []
    for i in range(max(len(primero), len(segundo))):
        for carta in primero[i:i + 1] + segundo[i:i + 1]:
            if carta not in mezcla:
                mezcla.append(carta)
    return mezcla
