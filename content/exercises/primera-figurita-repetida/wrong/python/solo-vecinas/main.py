def primera_repetida(figuritas):
    for i in range(len(figuritas)):
        if figuritas[i] == figuritas[i + 1]:
            return figuritas[i]
    return None
