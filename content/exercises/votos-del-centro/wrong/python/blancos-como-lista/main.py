def escrutinio(votos):
    cuenta = {}
    for voto in votos:
        cuenta[voto] = cuenta.get(voto, 0) + 1
    maximo = 0
    for lista in cuenta:
        if cuenta[lista] > maximo:
            maximo = cuenta[lista]
    ganadoras = []
    for lista in cuenta:
        if cuenta[lista] == maximo:
            ganadoras.append(lista)
    ganadoras.sort()
    return ganadoras, maximo, cuenta.get("", 0)
