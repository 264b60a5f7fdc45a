def comprimir(lecturas):
    tramos = []
    for i in range(len(lecturas)):
        largo = 0
        largo += 1
        if i + 1 == len(lecturas) or lecturas[i + 1] != lecturas[i]:
            tramos.append((lecturas[i], largo))
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
