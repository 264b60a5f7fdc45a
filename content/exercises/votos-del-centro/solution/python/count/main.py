def escrutinio(votos):
    listas = sorted(set(votos) - {""})
    mejor = max([votos.count(lista) for lista in listas], default=0)
    ganadoras = [lista for lista in listas if votos.count(lista) == mejor]
    return ganadoras, mejor, votos.count("")
