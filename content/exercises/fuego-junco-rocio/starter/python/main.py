def ganador(uno, dos):
    pass
