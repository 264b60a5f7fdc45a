def comprimir(lecturas):
    tramos = []
    while lecturas:
        valor = lecturas.pop(0)
        largo = 1
        while lecturas and lecturas[0] == valor:
            lecturas.pop(0)
            largo += 1
        tramos.append((valor, largo))
    return tramos


def expandir(tramos):
    lecturas = []
    while tramos:
        valor, largo = tramos.pop(0)
        lecturas += [valor] * largo
    return lecturas
