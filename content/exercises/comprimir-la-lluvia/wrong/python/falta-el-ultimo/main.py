def comprimir(lecturas):
    tramos = []
    if not lecturas:
        return tramos
    valor, largo = lecturas[0], 0
    for lectura in lecturas:
        if lectura == valor:
            largo += 1
        else:
            tramos.append((valor, largo))
            valor, largo = lectura, 1
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
