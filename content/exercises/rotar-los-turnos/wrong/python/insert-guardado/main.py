def rotar(turnos, pasos):
    nueva = turnos[:]
    if len(nueva) > 0:
        for i in range(pasos % len(nueva)):
            ultima = nueva.pop()
            nueva = nueva.insert(0, ultima)
    return nueva
