def comprimir(lecturas):
    tramos = []
    valor, largo = 0, 0
    for lectura in lecturas:
        if lectura == valor:
            largo += 1
        else:
            tramos.append((valor, largo))
            valor, largo = lectura, 1
    tramos.append((valor, largo))
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
