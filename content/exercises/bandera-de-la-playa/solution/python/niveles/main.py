def nivel(medida, bajo, alto):
    if medida <= bajo:
        return 0
    if medida <= alto:
        return 1
    return 2


def bandera(viento, ola):
    peor = max(nivel(viento, 20, 40), nivel(ola, 1, 2))
    return ["verde", "amarilla", "roja"][peor]
