def comprimir(lecturas):
    tramos = []
    largo = 1
    for i in range(len(lecturas)):
        if lecturas[i] == lecturas[i + 1]:
            largo += 1
        else:
            tramos.append((lecturas[i], largo))
            largo = 1
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
