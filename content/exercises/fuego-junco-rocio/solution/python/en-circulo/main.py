GESTOS = ["fuego", "rocío", "junco"]


def ganador(uno, dos):
    return (GESTOS.index(uno) - GESTOS.index(dos)) % 3
