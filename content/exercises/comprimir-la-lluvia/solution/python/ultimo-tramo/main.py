def comprimir(lecturas):
    tramos = []
    for lectura in lecturas:
        if tramos and tramos[-1][0] == lectura:
            valor, largo = tramos[-1]
            tramos[-1] = (valor, largo + 1)
        else:
            tramos.append((lectura, 1))
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        for _ in range(largo):
            lecturas.append(valor)
    return lecturas
