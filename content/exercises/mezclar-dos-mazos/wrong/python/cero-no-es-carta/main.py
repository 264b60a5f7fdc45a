from itertools import zip_longest


def mezclar(primero, segundo):
    mezcla = []
    for una, otra in zip_longest(primero, segundo):
        if una:
            mezcla.append(una)
        if otra:
            mezcla.append(otra)
    return mezcla
