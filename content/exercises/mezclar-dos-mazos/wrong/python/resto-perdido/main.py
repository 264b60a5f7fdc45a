def mezclar(primero, segundo):
    mezcla = []
    for una, otra in zip(primero, segundo):
        mezcla.append(una)
        mezcla.append(otra)
    return mezcla
