def primera_repetida(figuritas):
    pass
