def rotar(turnos, pasos):
    nueva = turnos
    if len(nueva) > 0:
        for i in range(pasos):
            nueva.insert(0, nueva.pop())
    return nueva
