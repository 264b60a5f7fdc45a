def primera_repetida(figuritas):
    for i in range(len(figuritas)):
        if figuritas[i] in figuritas[:i]:
            return figuritas[i]
